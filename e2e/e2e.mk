DEMO := java -cp $(ROOT)/e2e/target/classes:$$(cat $(ROOT)/e2e/target/classpath) io.sftjob.e2e.demo.Demo $(WORK)/demo

.PHONY: demo demo-down demo-build

demo-build: build cluster cluster-deps images demo-model demo-data

demo: demo-build ## fine-tune a real model on a real cluster, before your eyes
	JAVA_HOME=$$($(ROOT)/tools/find-jdk) && $$JAVA_HOME/bin/$(DEMO) up

demo-down: ## take the demo's cluster down
	JAVA_HOME=$$($(ROOT)/tools/find-jdk) && $$JAVA_HOME/bin/$(DEMO) down
